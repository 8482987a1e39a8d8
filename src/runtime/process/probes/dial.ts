/** Connection errors in the words of Go's net package. */
import { dialError } from '../../probeText.js';

/** strerror(3) texts of what connect(2) can answer. */
const CONNECT_TEXT: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'cannot assign requested address',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  EINVAL: 'invalid argument',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};

interface SocketError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  /** Of an AggregateError: a name with several addresses, all of which failed. */
  readonly errors?: readonly SocketError[];
}

/** `dial tcp 127.1.0.2:8080: connect: connection refused` */
export const dialErrorOf = (error: Error, host: string, port: number): string => {
  const { code = '', syscall, address, port: dialled, errors, message } = error as SocketError;
  const first = errors?.[0];
  if (first !== undefined) return dialErrorOf(first, host, port);
  if (syscall === 'getaddrinfo') {
    return `dial tcp: lookup ${host}: ${code === 'ENOTFOUND' ? 'no such host' : message}`;
  }
  return dialError(address ?? host, dialled ?? port, `connect: ${CONNECT_TEXT[code] ?? message}`);
};
