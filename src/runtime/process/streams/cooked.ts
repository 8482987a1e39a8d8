/**
 * What a terminal's line discipline does, in small, for a process that has to do without a terminal: echo, newlines
 * both ways, Ctrl-C and Ctrl-D.
 */
import type { ByteSink } from '../../port.js';

const CTRL_C = 3;
const CTRL_D = 4;
const RETURN = 13;
const NEWLINE = 10;

/** Newlines as a terminal shows them. */
export const toTerminal = (piece: Uint8Array): Buffer =>
  Buffer.from(Buffer.from(piece).toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');

export interface Cooked {
  readonly input: ByteSink;
  readonly output: ByteSink;
}

/** @param interrupt Ctrl-C was typed. */
export const cooked = (input: ByteSink, output: ByteSink, interrupt: () => void): Cooked => {
  const show: ByteSink['write'] = (piece, taken) => output.write(toTerminal(piece), taken);
  return {
    input: {
      write: (piece, taken) => {
        const typed: number[] = [];
        let isOver = false;
        for (const byte of piece) {
          if (byte === CTRL_C) interrupt();
          else if (byte === CTRL_D) isOver = true;
          else typed.push(byte === RETURN ? NEWLINE : byte);
        }
        const text = Buffer.from(typed);
        const pass = (): void => {
          input.write(text, taken);
          if (isOver) input.end();
        };
        if (text.length === 0) return pass();
        show(text, pass);
      },
      end: () => input.end(),
    },
    output: { write: show, end: () => output.end() },
  };
};
