import { Command, type Option } from 'commander';
import { oneOf } from './arguments.js';
import { examples, explain } from './help.js';

const shells = ['bash', 'zsh', 'fish'] as const;

/** A word that can come next, and what it is. */
interface Word {
  readonly word: string;
  readonly about: string;
}

/** `naru completion bash|zsh|fish`: a script for the shell, made from the commands there are. */
export function completionCommand(program: Command): Command {
  const command = new Command('completion')
    .copyInheritedSettings(program)
    .description('Print a script by which a shell completes commands and options')
    .argument('<shell>', shells.join(', '))
    .action((shell: string) => {
      process.stdout.write(completionScript(program, oneOf('completion', shell, shells)));
    });
  explain(command, 'Put the line for your shell where it reads its settings; the words are those of this version.');
  return examples(
    command,
    'source <(naru completion bash)',
    'naru completion zsh > ~/.zsh/completions/_naru',
    'naru completion fish > ~/.config/fish/completions/naru.fish',
  );
}

export function completionScript(program: Command, shell: (typeof shells)[number]): string {
  const places = new Map<string, readonly Word[]>();
  gather(program, '', places);
  if (shell === 'bash') return bash(places);
  return shell === 'zsh' ? zsh(places) : fish(places);
}

/** What can follow each command: its verbs and its options. */
function gather(command: Command, place: string, places: Map<string, readonly Word[]>): void {
  const verbs = command.commands.map((verb): Word => ({ word: verb.name(), about: verb.description() }));
  const options = command.options.filter(({ hidden }) => !hidden).map(optionWord);
  places.set(place, [...verbs, ...options, { word: '--help', about: 'print this help' }]);
  for (const verb of command.commands) gather(verb, place === '' ? verb.name() : `${place} ${verb.name()}`, places);
}

function optionWord(option: Option): Word {
  return { word: option.long ?? option.flags, about: option.description };
}

/** Words of the line that name commands lead from place to place; others are values. */
function bash(places: ReadonlyMap<string, readonly Word[]>): string {
  const cases = Array.from(
    places,
    ([place, words]) => `    ${quoted(place)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`,
  );
  return `# naru completion for bash
_naru_words() {
  local words
  case "$1" in
${cases.join('\n')}
    *) return 1 ;;
  esac
  printf '%s' "$words"
}
_naru() {
  local place='' next word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${place:+$place }$word"
    if _naru_words "$next" >/dev/null; then place="$next"; fi
  done
  COMPREPLY=($(compgen -W "$(_naru_words "$place")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _naru naru
`;
}

function zsh(places: ReadonlyMap<string, readonly Word[]>): string {
  const cases = Array.from(places, ([place, words]) => {
    const told = words.map(({ word, about }) => quoted(`${word}:${about}`)).join(' ');
    return `    ${quoted(place)}) found=(${told}) ;;`;
  });
  return `#compdef naru
_naru_words() {
  case "$1" in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
_naru() {
  local place='' next word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${place:+$place }$word"
    if _naru_words "$next"; then place="$next"; fi
  done
  _naru_words "$place"
  _describe 'naru' found || _files
}
if [ "$funcstack[1]" = _naru ]; then _naru "$@"; else compdef _naru naru; fi
`;
}

function fish(places: ReadonlyMap<string, readonly Word[]>): string {
  const lines = Array.from(places, ([place, words]) =>
    words.map(({ word, about }) => {
      const told = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c naru -n ${quoted(`test (__naru_place) = ${quoted(place)}`)} ${told} -d ${quoted(about)}`;
    }),
  );
  const known = [...places.keys()].filter((place) => place !== '').map(quoted);
  return `# naru completion for fish
function __naru_place
  set -l known ${known.join(' ')}
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$place $word")
    contains -- $next $known; and set place $next
  end
  echo "$place"
end
${lines.flat().join('\n')}
`;
}

/** Within single quotes everything is as it is; fish knows \\' inside as well. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
