/**
 * Runs the actor of one simulated container: starts it, hands it requests, reads tags and emitted events.
 *
 * Requests are delivered at once and answered in the same step: an image's actor talks to nobody but the runtime, so
 * no chain of sends can grow. Every actor is its own XState system on the cluster's clock; there is nothing to be
 * looked up in a shared one, and stopping it costs the same however many containers there are.
 */
import { createActor, type AnyActorLogic, type AnyActorRef, type InspectionEvent } from 'xstate';
import { indexTimers } from '../../actor/index.js';
import type { Clock } from '../../clock/index.js';
import type { ImageAnswer, ImageEmitted, ImageEvent, ImageTag } from './protocol.js';

export interface ImageActorHooks {
  onExit(exitCode: number, message: string | undefined): void;
  onLog(text: string, stream: 'stdout' | 'stderr'): void;
}

/** Makes the actor of an image, not started. A delay of `Infinity` must never pass. */
export type CreateImageActor = (
  logic: AnyActorLogic,
  options: { path: string; input: unknown },
) => AnyActorRef;

/** The default: an XState system per container, on the given clock. */
export const imageActorsOn = (clock: Clock, inspect?: (event: InspectionEvent) => void): CreateImageActor => {
  return (logic, { path, input }) => {
    const actor = createActor(logic, { id: path, input, clock: clock as never, inspect } as never);
    indexTimers(actor, clock);
    return actor;
  };
};

export interface ImageActor {
  /** Delivers a request; what the actor answered by emitting, if it did. */
  deliver(event: ImageEvent): ImageAnswer | undefined;
  hasTag(tag: ImageTag): boolean;
  /** False: the logic has no transition for it. */
  handles(event: ImageEvent): boolean;
  /** Ends it without a word. */
  stop(): void;
}

interface Taggable {
  hasTag?(tag: string): boolean;
  readonly machine?: { getTransitionData(snapshot: unknown, event: ImageEvent): readonly unknown[] };
  readonly status?: string;
  readonly output?: unknown;
}

export const startImageActor = (actor: AnyActorRef, hooks: ImageActorHooks): ImageActor => {
  let isDelivering = false;
  let answer: ImageAnswer | undefined;
  let hasEnded = false;

  const end = (exitCode: number, message?: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    hooks.onExit(exitCode, message);
    actor.stop();
  };

  const receive = (emitted: ImageEmitted): void => {
    switch (emitted.type) {
      case 'log.written':
        hooks.onLog(emitted.text, emitted.stream ?? 'stdout');
        return;
      case 'process.exited':
        end(emitted.exitCode, emitted.message);
        return;
      case 'http.responded':
      case 'connection.refused':
      case 'exec.exited':
        if (isDelivering) answer = emitted;
        else
          hooks.onLog(`statelet: ${emitted.type} was emitted while no request was being handled`, 'stderr');
    }
  };

  actor.on('*', (emitted: unknown) => receive(emitted as ImageEmitted));
  actor.subscribe({
    error: (error: unknown) => {
      hooks.onLog(error instanceof Error ? (error.stack ?? error.message) : String(error), 'stderr');
      end(1);
    },
    complete: () => {
      const { status, output } = actor.getSnapshot() as Taggable;
      if (status === 'done') end(exitCodeIn(output), messageIn(output));
    },
  });
  actor.start();

  return {
    deliver: (event) => {
      isDelivering = true;
      answer = undefined;
      actor.send(event);
      isDelivering = false;
      return answer;
    },
    hasTag: (tag) => (actor.getSnapshot() as Taggable).hasTag?.(tag) ?? false,
    // Not `can`: a transition that does nothing on purpose (`on: { 'signal.received': {} }`) handles the signal too.
    handles: (event) => {
      const snapshot = actor.getSnapshot() as Taggable;
      return (snapshot.machine?.getTransitionData(snapshot, event).length ?? 1) > 0;
    },
    stop: () => {
      hasEnded = true;
      actor.stop();
    },
  };
};

/** The output of an image's logic: an exit code, or an object with one. */
const exitCodeIn = (output: unknown): number => {
  if (typeof output === 'number') return output;
  const code = typeof output === 'object' && output !== null && 'exitCode' in output ? output.exitCode : 0;
  return typeof code === 'number' ? code : 0;
};
const messageIn = (output: unknown): string | undefined =>
  typeof output === 'object' && output !== null && 'message' in output && typeof output.message === 'string'
    ? output.message
    : undefined;
