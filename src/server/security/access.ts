/**
 * Who may talk to the server. It starts processes, so neither another user of the machine nor a web page may reach it:
 * it listens on loopback only, wants a bearer token, refuses a Host header that is not its own (DNS rebinding) and
 * requests that a browser makes for a foreign page, and never sends CORS headers.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError, unauthorized } from '../../api/index.js';

export interface AccessPolicy {
  /** @throws {ApiError} Forbidden 403 for a foreign Host or Origin, Unauthorized 401 without the token. */
  check(request: IncomingMessage, path: string): void;
}

/** Paths that answer without a token, as monitoring expects; `/healthz` also stands for `/healthz/ping`. */
const OPEN_PATHS = ['/healthz', '/livez', '/readyz', '/version'];

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Sites from which a browser may send: none (typed in by a person) and the server's own. */
const TRUSTED_SITES = new Set(['none', 'same-origin']);

/** `port` is the port on which the server listens. */
export function createAccessPolicy(options: { readonly token: string; readonly port: number }): AccessPolicy {
  const authorities = new Set(LOOPBACK_NAMES.map((name) => `${name}:${options.port}`));
  if (options.port === 443) for (const name of LOOPBACK_NAMES) authorities.add(name);
  const expected = digest(options.token);

  return {
    check(request, path) {
      refuseForeignPages(request, authorities);
      if (OPEN_PATHS.some((open) => path === open || path.startsWith(`${open}/`))) return;
      const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
      // Digests have one length, so the time of the comparison says nothing about the token.
      if (given === undefined || !timingSafeEqual(digest(given), expected)) throw unauthorized();
      refuseImpersonation(request);
    },
  };
}

function refuseForeignPages(request: IncomingMessage, authorities: ReadonlySet<string>): void {
  const { host, origin } = request.headers;
  if (host === undefined || !authorities.has(host.toLowerCase())) {
    throw refused(`the Host header ${JSON.stringify(host ?? '')} is not an address of this server`);
  }
  if (origin !== undefined && origin.toLowerCase() !== `https://${host.toLowerCase()}`) {
    throw refused(`requests of the origin ${JSON.stringify(origin)} are not allowed`);
  }
  const site = request.headers['sec-fetch-site'];
  if (typeof site === 'string' && !TRUSTED_SITES.has(site.toLowerCase())) {
    throw refused('requests of other sites are not allowed');
  }
}

/** Acting as someone else is not supported; to go on as the administrator would grant more than was asked for. */
function refuseImpersonation(request: IncomingMessage): void {
  const asked = Object.keys(request.headers).find((name) => name.startsWith('impersonate-'));
  if (asked !== undefined) throw refused('impersonation is not supported by statelet');
}

const refused = (message: string): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Forbidden',
    details: {},
    code: 403,
  });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
