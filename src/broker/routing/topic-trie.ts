import type { Binding, BindingIndex } from './binding.js';
import type { Headers } from './headers.js';

/** The words of a routing key. The empty key has none; a leading, trailing or double dot makes an empty word. */
export function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

class TrieNode {
  readonly parent: TrieNode | null;
  readonly word: string;
  /** This node is behind a `#`: it may swallow any further word and stay where it is. */
  readonly swallows: boolean;
  words: Map<string, TrieNode> | null = null;
  star: TrieNode | null = null;
  hash: TrieNode | null = null;
  readonly bindings = new Set<Binding>();
  /** The step of the match that last put this node among the active ones: no node is there twice. */
  seenAt = 0;

  constructor(parent: TrieNode | null, word: string) {
    this.parent = parent;
    this.word = word;
    this.swallows = word === '#';
  }

  get empty(): boolean {
    return this.bindings.size === 0 && this.words === null && this.star === null && this.hash === null;
  }
}

/**
 * Topic patterns, shared word by word. `*` is exactly one word, `#` zero or more, anywhere and more than once.
 *
 * A key is matched by walking all patterns at once, one word a step, with the set of nodes that are still possible.
 * Trying out how many words each `#` takes would cost words to the power of the number of `#`; the set costs
 * words times nodes at worst, and patterns come from strangers.
 */
export class TopicTrie implements BindingIndex {
  private readonly root = new TrieNode(null, '');
  private step = 0;
  private active: TrieNode[] = [];
  private following: TrieNode[] = [];

  add(binding: Binding): void {
    let node = this.root;
    for (const word of patternWords(binding.key)) node = childOf(node, word) ?? grow(node, word);
    node.bindings.add(binding);
  }

  remove(binding: Binding): void {
    let node: TrieNode | null = this.root;
    for (const word of patternWords(binding.key)) {
      node = childOf(node, word);
      if (node === null) return;
    }
    node.bindings.delete(binding);
    while (node.parent !== null && node.empty) {
      cut(node.parent, node.word);
      node = node.parent;
    }
  }

  match(key: string, _headers: Headers | null, into: Binding[]): void {
    this.active.length = 0;
    this.step++;
    this.activate(this.root, this.active);
    for (const word of wordsOf(key)) {
      this.advance(word);
      if (this.active.length === 0) return;
    }
    for (const node of this.active) for (const binding of node.bindings) into.push(binding);
  }

  private advance(word: string): void {
    const next = this.following;
    next.length = 0;
    this.step++;
    for (const node of this.active) {
      const child = node.words?.get(word);
      if (child !== undefined) this.activate(child, next);
      if (node.star !== null) this.activate(node.star, next);
      if (node.swallows) this.activate(node, next);
    }
    this.following = this.active;
    this.active = next;
  }

  /** A node is possible, and with it what stands behind a `#` that takes no word at all. */
  private activate(node: TrieNode, among: TrieNode[]): void {
    let at: TrieNode | null = node;
    while (at !== null && at.seenAt !== this.step) {
      at.seenAt = this.step;
      among.push(at);
      at = at.hash;
    }
  }
}

/** `#.#` says no more than `#`. */
function patternWords(pattern: string): string[] {
  const words = wordsOf(pattern);
  return words.filter((word, at) => word !== '#' || words[at - 1] !== '#');
}

function childOf(node: TrieNode, word: string): TrieNode | null {
  if (word === '#') return node.hash;
  if (word === '*') return node.star;
  return node.words?.get(word) ?? null;
}

function grow(node: TrieNode, word: string): TrieNode {
  const child = new TrieNode(node, word);
  if (word === '#') node.hash = child;
  else if (word === '*') node.star = child;
  else {
    node.words ??= new Map();
    node.words.set(word, child);
  }
  return child;
}

function cut(node: TrieNode, word: string): void {
  if (word === '#') node.hash = null;
  else if (word === '*') node.star = null;
  else if (node.words !== null) {
    node.words.delete(word);
    if (node.words.size === 0) node.words = null;
  }
}
