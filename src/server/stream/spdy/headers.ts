/**
 * Header blocks of SPDY/3.1: name and value pairs, compressed with zlib and a dictionary that both sides know, in one
 * stream per direction of a connection.
 *
 * Source: SPDY protocol draft 3.1, 2.6.10.
 */
import { createInflate } from 'node:zlib';

/** Words of the dictionary; each is preceded by its length. */
const WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin';
/** What follows the words: codes, dates and types, without lengths. */
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized' +
  '403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,' +
  'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

const withLength = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8');
  const prefixed = Buffer.alloc(4 + bytes.length);
  prefixed.writeUInt32BE(bytes.length);
  bytes.copy(prefixed, 4);
  return prefixed;
};

export const DICTIONARY: Buffer = Buffer.concat([
  ...WORDS.split(' ').map((word) => withLength(word.replace('_', ' '))),
  Buffer.from(TAIL),
]);

export type Headers = ReadonlyMap<string, string>;

/** @throws {RangeError} for a block that ends early. */
export const parseHeaders = (block: Buffer): Headers => {
  const headers = new Map<string, string>();
  let at = 4;
  const next = (): string => {
    const end = at + 4 + block.readUInt32BE(at);
    const text = block.toString('utf8', at + 4, end);
    at = end;
    return text;
  };
  for (let left = block.readUInt32BE(0); left > 0; left--) {
    const name = next().toLowerCase();
    headers.set(name, next());
  }
  return headers;
};

export interface HeaderReader {
  /** Blocks must be read in the order in which they came. Rejects for what is no zlib stream. */
  read(block: Buffer): Promise<Headers>;
  close(): void;
}

export const createHeaderReader = (): HeaderReader => {
  const inflate = createInflate({ dictionary: DICTIONARY });
  let fail: ((error: Error) => void) | undefined;
  inflate.on('error', (error) => fail?.(error));
  return {
    read: (block) =>
      new Promise((resolve, reject) => {
        fail = reject;
        inflate.write(block, () => {
          const chunks: Buffer[] = [];
          for (let chunk = inflate.read() as Buffer | null; chunk !== null;) {
            chunks.push(chunk);
            chunk = inflate.read() as Buffer | null;
          }
          try {
            resolve(parseHeaders(Buffer.concat(chunks)));
          } catch (error) {
            reject(error);
          }
        });
      }),
    close: () => inflate.close(),
  };
};

/** A zlib stream without a dictionary, at its lowest level. */
const ZLIB_HEAD = Buffer.from([0x78, 0x01]);
/** An empty stored block: what stands before it can be read without waiting for more. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);

/**
 * Writes header blocks of one connection. They are stored and not compressed, which is valid zlib and needs no state
 * but whether it is the first: ours are answers of a few bytes.
 */
export const createHeaderWriter = (): ((headers: Headers) => Buffer) => {
  let isFirst = true;
  return (headers) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(headers.size);
    const pairs = [...headers].flatMap(([name, value]) => [withLength(name), withLength(value)]);
    const content = Buffer.concat([count, ...pairs]);
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(content.length, 1);
    stored.writeUInt16LE(0xffff - content.length, 3);
    const head = isFirst ? [ZLIB_HEAD] : [];
    isFirst = false;
    return Buffer.concat([...head, stored, content, FLUSH]);
  };
};
