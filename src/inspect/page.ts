/** A chart's reference page in Markdown: the drawing, then states and transitions as tables. Pure. */
import type { AnyStateMachine } from 'xstate';
import { chartOf, type ChartEdge, type ChartState } from './edges.js';
import { mermaidOf, triggerText } from './mermaid.js';

export interface MachinePage {
  /** The chart's name, as exported without the suffix `Machine`. */
  readonly name: string;
  readonly machine: AnyStateMachine;
}

const GENERATED = '<!-- Written by `npm run machines` from the chart itself; a test keeps it current. -->';

/** The page of one chart. Ends with a newline. */
export function machinePage({ name, machine }: MachinePage): string {
  const root = chartOf(machine);
  const states = allStates(root);
  const parts = [
    `# ${name}`,
    GENERATED,
    root.description,
    `Source: [machines/${name}.ts](../../../machines/${name}.ts)`,
    '```mermaid\n' + mermaidOf(machine) + '```',
    '## States',
    table(['state', 'what it means', 'on entry', 'on exit'], states.map(stateRow)),
    '## Transitions',
    table(['from', 'when', 'guard', 'to', 'actions', 'why'], states.flatMap(edgeRows)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The index of all pages, in the given order. */
export function machinesIndex(pages: readonly MachinePage[]): string {
  const rows = pages.map(({ name, machine }) => {
    const root = chartOf(machine);
    return [`[${name}](${name}.md)`, root.description, String(allStates(root).length - 1)];
  });
  const intro =
    'Every behaviour of statelet is decided by one of these charts. Each page is drawn from the code that runs.';
  return [`# Machines`, GENERATED, intro, `${table(['chart', 'what it is', 'states'], rows)}\n`].join('\n\n');
}

function allStates(state: ChartState): ChartState[] {
  return [state, ...state.children.flatMap(allStates)];
}

function nameOf(path: readonly string[]): string {
  return path.length === 0 ? 'any state' : path.join('.');
}

function stateRow(state: ChartState): string[] {
  const kind = state.type === 'parallel' || state.type === 'final' ? ` (${state.type})` : '';
  const invokes = state.invokes.map((source) => `runs ${source}`);
  const name = state.path.length === 0 ? 'the chart' : nameOf(state.path);
  return [`${code(name)}${kind}`, state.description, codes([...state.entry, ...invokes]), codes(state.exit)];
}

function edgeRows(state: ChartState): string[][] {
  return state.edges.map((edge: ChartEdge) => [
    code(nameOf(state.path)),
    code(triggerText(edge)),
    edge.guard === '' ? '' : code(edge.guard),
    edge.targets.length === 0 ? 'stays' : edge.targets.map((target) => code(nameOf(target))).join(', '),
    codes(edge.actions),
    edge.description,
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

function code(text: string): string {
  return `\`${text}\``;
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}
