/**
 * Charts as Mermaid `stateDiagram-v2` text and as reference pages in Markdown. Pure: the same chart gives the same
 * text, byte for byte.
 *
 * Mermaid's renderers cannot draw an edge between a composite state and what is inside it. Such a transition starts at
 * a node «any state» inside the composite, which is what it means; entering a composite from inside is drawn to its
 * first state.
 */
import type { AnyStateMachine } from 'xstate';
import { chartOf, type ChartEdge, type ChartState } from './edges.js';

const INDENT = '  ';
type Path = readonly string[];

/** The diagram alone, without a fence. Ends with a newline. */
export function mermaidOf(machine: AnyStateMachine): string {
  const root = chartOf(machine);
  const drawing = new Drawing(root);
  return ['stateDiagram-v2', ...drawing.inside(root, 1), ''].join('\n');
}

class Drawing {
  private readonly states = new Map<string, ChartState>();
  constructor(root: ChartState) {
    this.index(root);
  }

  private index(state: ChartState): void {
    this.states.set(idOf(state.path), state);
    for (const child of state.children) this.index(child);
  }

  /** Lines for what is inside a composite: its states, then the edges that leave them. */
  inside(state: ChartState, depth: number): string[] {
    const pad = INDENT.repeat(depth);
    if (state.type === 'parallel') {
      return state.children.flatMap((region, index) => [
        ...(index === 0 ? [] : [`${pad}--`]),
        ...this.declared(region, depth),
        ...this.edges(region, pad),
      ]);
    }
    const lines = state.children.flatMap((child) => this.declared(child, depth));
    if (state.initial !== undefined) lines.push(`${pad}[*] --> ${idOf(state.initial)}`);
    for (const child of state.children) lines.push(...this.edges(child, pad));
    lines.push(...this.edgesFromAny(state, pad));
    for (const child of state.children) {
      if (child.type === 'final') lines.push(`${pad}${idOf(child.path)} --> [*]`);
    }
    return lines;
  }

  private declared(state: ChartState, depth: number): string[] {
    const pad = INDENT.repeat(depth);
    const name = `${pad}state "${label(state.path.at(-1) ?? '')}" as ${idOf(state.path)}`;
    if (state.children.length === 0) return [name];
    return [`${name} {`, ...this.inside(state, depth + 1), `${pad}}`];
  }

  /** Edges of one state that end outside it (a leaf's loops too). */
  private edges(state: ChartState, pad: string): string[] {
    const from = idOf(state.path);
    return state.edges.flatMap((edge) => {
      if (edge.targets.length === 0) {
        return state.children.length === 0 ? [`${pad}${from} --> ${from} : ${edgeLabel(edge)}`] : [];
      }
      return edge.targets
        .filter((target) => !(state.children.length > 0 && isWithin(target, state.path)))
        .flatMap((target) => this.line(pad, from, this.drawable(target, state.path), edge));
    });
  }

  /** Edges of a composite that end inside it. */
  private edgesFromAny(state: ChartState, pad: string): string[] {
    const any = `${idOf(state.path)}__any`;
    const lines = state.edges.flatMap((edge) =>
      edge.targets
        .filter((target) => isWithin(target, state.path))
        .flatMap((target) => this.line(pad, any, this.drawable(target, state.path), edge)),
    );
    return lines.length === 0 ? [] : [`${pad}state "any state" as ${any}`, ...lines];
  }

  private line(pad: string, from: string, to: string | undefined, edge: ChartEdge): string[] {
    return to === undefined ? [] : [`${pad}${from} --> ${to} : ${edgeLabel(edge)}`];
  }

  /** Where an edge to `target` can end: a composite around its own start is entered at its first state. */
  private drawable(target: Path, from: Path): string | undefined {
    if (!isWithin(from, target) || (target.length === from.length && !this.isComposite(target)))
      return idOf(target);
    const { initial } = this.states.get(idOf(target)) ?? {};
    return initial === undefined ? undefined : idOf(initial);
  }

  private isComposite(path: Path): boolean {
    return (this.states.get(idOf(path))?.children.length ?? 0) > 0;
  }
}

function isWithin(path: Path, ancestor: Path): boolean {
  return ancestor.every((key, index) => path[index] === key);
}

/** Mermaid ids hold letters, digits and underscores. */
function idOf(path: Path): string {
  return path.length === 0 ? 'root' : path.join('__').replace(/\W/g, '_');
}

/** Colons, semicolons and line breaks would end a label. */
function label(text: string): string {
  return text.replaceAll(/[;:]/g, ' ').replaceAll('"', "'").replaceAll(/\s+/g, ' ').trim();
}

/** `event [guard] / actions`, without the actions' parameters. */
function edgeLabel(edge: ChartEdge): string {
  const words = [triggerText(edge)];
  if (edge.guard !== '') words.push(`[${edge.guard}]`);
  if (edge.actions.length > 0)
    words.push(`/ ${edge.actions.map((action) => action.replace(/\(.*$/s, '')).join(', ')}`);
  return label(words.join(' '));
}

/** What sets the transition off: `container.exited`, `after periodMs`, `always`. */
export function triggerText(edge: ChartEdge): string {
  if (edge.trigger === 'always') return 'always';
  return edge.trigger === 'after' ? `after ${edge.name}` : edge.name;
}
