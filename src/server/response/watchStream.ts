/**
 * Streams a watch: one JSON object per line, sent as it happens, with bookmarks for clients that allow them.
 *
 * Models: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go (v1.36)
 */
import { Subscription, type Observable } from 'rxjs';
import { ApiError, internalError, type KubeObject } from '../../api/index.js';
import type { WatchEvent } from '../../client/index.js';
import type { Exchange } from '../request/exchange.js';
import { openAnswer } from './openAnswer.js';
import { sendError } from './respond.js';

export interface WatchStreamOptions {
  readonly events$: Observable<WatchEvent<KubeObject>>;
  /** The object as the client wants to see it; called once per event, in order. */
  readonly present: (object: KubeObject) => object;
  /** A bookmark as the client wants to see it. */
  readonly presentBookmark: (bookmark: KubeObject) => object;
  readonly apiVersion: string;
  readonly kind: string;
  /** The client allows bookmarks: one every minute and one before the time is up. */
  readonly bookmarks: boolean;
  /** The client asked for the initial objects and for the bookmark that ends them. */
  readonly announcesInitialEnd: boolean;
  /** From here the first bookmarks count, if nothing else is known. */
  readonly resourceVersion?: string | undefined;
  readonly timeoutMs: number;
}

/** Models: staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go#defaultBookmarkFrequency. */
const BOOKMARK_PERIOD_MS = 60_000;

/** Streams until the watch ends. What fails before the first line is answered as an ordinary error. */
export function streamWatch(exchange: Exchange, options: WatchStreamOptions): void {
  const { ioClock } = exchange.context;
  const subscription = new Subscription();
  const answer = openAnswer(exchange, 'application/json', () => subscription.unsubscribe());
  let { resourceVersion } = options;

  const write = (type: string, object: object): void =>
    answer.write(`{"type":"${type}","object":${JSON.stringify(object)}}\n`);
  const writeBookmark = (annotations?: Readonly<Record<string, string>>): void => {
    if (resourceVersion === undefined) return;
    write('BOOKMARK', options.presentBookmark(bookmarkOf(options, resourceVersion, annotations)));
  };
  const next = (event: WatchEvent<KubeObject>): void => {
    if (event.type !== 'BOOKMARK') {
      ({ resourceVersion } = event.object.metadata);
      write(event.type, options.present(event.object));
      return;
    }
    ({ resourceVersion } = event);
    if (!event.initialEventsEnd) return;
    answer.limitBacklog();
    if (options.announcesInitialEnd) writeBookmark({ 'k8s.io/initial-events-end': 'true' });
  };
  const fail = (error: unknown): void => {
    const known = error instanceof ApiError ? error : internalError(String(error));
    // A version that is too old is told inside a watch that has begun, as clients expect.
    if (!answer.hasBegun && known.code !== 410) {
      answer.release();
      void sendError(exchange, known);
      return;
    }
    write('ERROR', known.status);
    answer.end();
  };

  const timeout = ioClock.setTimeout(() => {
    if (options.bookmarks) writeBookmark();
    answer.end();
  }, options.timeoutMs);
  subscription.add(() => ioClock.clearTimeout(timeout));
  if (options.bookmarks) subscription.add(every(ioClock, BOOKMARK_PERIOD_MS, writeBookmark));
  subscription.add(options.events$.subscribe({ next, error: fail, complete: answer.end }));
  answer.limitBacklog();
  answer.begin();
}

/** Calls back again and again; answers what ends it. */
function every(clock: Exchange['context']['ioClock'], periodMs: number, callback: () => void): () => void {
  let timer: unknown;
  const arm = (): void => {
    timer = clock.setTimeout(() => {
      callback();
      arm();
    }, periodMs);
  };
  arm();
  return () => clock.clearTimeout(timer);
}

function bookmarkOf(
  options: WatchStreamOptions,
  resourceVersion: string,
  annotations: Readonly<Record<string, string>> | undefined,
): KubeObject {
  const metadata = { resourceVersion, ...(annotations !== undefined && { annotations }) };
  // A bookmark has nothing but a version: it is no object of its kind, only shaped like one.
  return { kind: options.kind, apiVersion: options.apiVersion, metadata } as unknown as KubeObject;
}
