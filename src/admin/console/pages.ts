import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bundledFiles } from '../../store/bundled-files.js';
import type { Api } from '../api.js';

/** Where the build puts the console, seen from where this file is compiled to. */
const builtFolder = new URL('../../../console/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/** Nothing but what this port serves is loaded, run, shown or asked; no other page may hold this one in a frame. */
export const contentSecurityPolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const safety: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Naru</title>
<p>The console is not built: run <code>npm run build</code> and start again. The API is at <code>/api</code>.</p>`;

interface Page {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  /** Compressed when it was built, by the encoding that browsers ask for. */
  readonly packed: ReadonlyMap<'br' | 'gzip', Buffer>;
  /** Its name says what is in it. */
  readonly lasts: boolean;
}

/** The console's files: read when they are first asked for, so that they cost nothing where nobody looks. */
export class ConsolePages {
  private readonly folder: URL;
  private pages: Map<string, Page> | null = null;

  constructor(folder: URL = builtFolder) {
    this.folder = folder;
  }

  mount(app: FastifyInstance, api: Api): void {
    for (const path of ['/', '/index.html', '/favicon.svg']) {
      api.openTo(path);
      app.get(path, (request, reply) => this.answer(path === '/' ? 'index.html' : path.slice(1), request, reply));
    }
    api.openTo('/assets/');
    app.get('/assets/:file', (request, reply) => {
      const { file } = request.params as { readonly file: string };
      return this.answer(`assets/${file}`, request, reply);
    });
  }

  private answer(name: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    this.pages ??= pagesOf(bundledFiles(this.folder));
    reply.headers(safety);
    const page = this.pages.get(name);
    if (page === undefined) return absent(name, reply);
    reply.header('etag', page.etag).header('vary', 'accept-encoding');
    reply.header('cache-control', page.lasts ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (isKnown(request.headers['if-none-match'], page.etag)) return reply.code(304).send();
    const encoding = encodingFor(request.headers['accept-encoding'], page);
    if (encoding !== null) reply.header('content-encoding', encoding);
    return reply.type(page.type).send(encoding === null ? page.plain : page.packed.get(encoding));
  }
}

function absent(name: string, reply: FastifyReply): FastifyReply {
  if (name === 'index.html') return reply.code(503).type(types['html']!).send(notBuilt);
  return reply.code(404).send({ error: 'Object Not Found', reason: `there is no ${name}` });
}

function pagesOf(files: ReadonlyMap<string, Buffer> | null): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const [name, plain] of files ?? []) {
    const type = types[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined) continue;
    const packed = new Map<'br' | 'gzip', Buffer>();
    const [br, gzip] = [files!.get(`${name}.br`), files!.get(`${name}.gz`)];
    if (br !== undefined) packed.set('br', br);
    if (gzip !== undefined) packed.set('gzip', gzip);
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    pages.set(name, { type, etag, plain, packed, lasts: name.startsWith('assets/') });
  }
  return pages;
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag || each.trim() === '*');
}

function encodingFor(header: string | undefined, { packed }: Page): 'br' | 'gzip' | null {
  const taken = (header ?? '').split(',').filter((each) => !/;\s*q=0(\.0*)?\s*$/.test(each));
  const accepted = new Set(taken.map((each) => each.split(';', 1)[0]!.trim().toLowerCase()));
  if (accepted.has('br') && packed.has('br')) return 'br';
  return accepted.has('gzip') && packed.has('gzip') ? 'gzip' : null;
}
