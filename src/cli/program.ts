/**
 * The commands, their options and their help. Light on purpose: what a command needs is loaded when it runs, so that
 * `--help` and `--version` answer at once.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { packageRoot } from './demo.js';
import type { MachinesFlags } from './machines.js';
import type { RunFlags } from './run.js';
import type { Terminal } from './terminal.js';
import type { UpFlags } from './up.js';

const EXIT_CODES = `
Exit codes:
  0    ended as asked
  1    something failed: a manifest was refused, the port is taken, a pod did not succeed
  2    the command line or a file given on it is wrong; nothing was started
  130  interrupted twice, before everything had stopped`;

const UP_EXAMPLES = `
Examples:
  statelet up --demo                             the bundled examples, with real processes
  statelet up -f web.yaml --images images.yaml   your own
  statelet up --runtime simulated --nodes 3      containers are simulated on three nodes
  statelet up -f web.yaml --for 60s -o json      ends by itself; one JSON object per line`;

const RUN_EXAMPLES = `
Examples:
  statelet run -f job.yaml                       logs on stdout; the exit code tells success
  statelet run -f pods/ --for 5m                 a folder of manifests, five minutes at most
  cat pod.yaml | statelet run -f -               from stdin`;

const MACHINES_EXAMPLES = `
Examples:
  statelet machines                              the names of all charts
  statelet machines probe                        one chart as Mermaid text, for a Markdown page
  statelet machines probe --format json          one chart as createMachine reads it`;

/** Builds the program. `onExitCode` receives the exit code of the command that ran. */
export function createProgram(terminal: Terminal, onExitCode: (code: number) => void): Command {
  const program = new Command('statelet')
    .description(
      "Kubernetes' workload system as statecharts: a cluster in one process, for kubectl and for code.",
    )
    .version(versionOf(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.warn(text),
      getOutHelpWidth: () => terminal.columns,
    })
    .addHelpText('after', `${EXIT_CODES}\n\nStart with: statelet up --demo`);

  clusterOptions(program.command('up'))
    .description('start a cluster and serve it to kubectl, until Ctrl-C')
    .option('-p, --port <port>', 'port of the API server (default: 6443, or a free one)', integer(0, 65_535))
    .option('--token <token>', 'bearer token (default: $STATELET_TOKEN, or a random one)')
    .option('--kubeconfig <file>', 'where to write the kubeconfig (default: STATE-DIR/kubeconfig)')
    .addOption(new Option('-o, --output <format>', 'output').choices(['text', 'json']).default('text'))
    .option('--demo', 'apply the bundled examples', false)
    .addHelpText('after', UP_EXAMPLES + EXIT_CODES)
    .action(async (flags: UpFlags) => {
      const { up } = await import('./up.js');
      onExitCode(await up(flags, terminal));
    });

  clusterOptions(program.command('run'), { needsManifest: true })
    .description('run manifests in the foreground, with their logs, until all pods have ended')
    .addHelpText('after', RUN_EXAMPLES + EXIT_CODES)
    .action(async (flags: RunFlags) => {
      const { run } = await import('./run.js');
      onExitCode(await run(flags, terminal));
    });

  program
    .command('machines')
    .argument('[name]', 'chart to print (default: the list of all charts)')
    .description('print the charts that decide everything, as Mermaid text or as JSON for XState')
    .addOption(
      new Option('--format <format>', 'of the list: json; of a chart: mermaid unless said otherwise').choices(
        ['json', 'mermaid'],
      ),
    )
    .addHelpText('after', MACHINES_EXAMPLES + EXIT_CODES)
    .action(async (name: string | undefined, flags: MachinesFlags) => {
      const { printMachines } = await import('./machines.js');
      onExitCode(printMachines(name, flags, terminal));
    });
  return program;
}

/** The options of every command that starts a cluster. */
function clusterOptions(command: Command, { needsManifest = false } = {}): Command {
  const manifests = new Option(
    '-f, --filename <manifest...>',
    'files, folders or - (stdin) to apply; may be repeated',
  )
    .argParser((value: string, before: string[] = []) => [...before, value])
    .makeOptionMandatory(needsManifest);
  if (!needsManifest) manifests.default([], 'none');
  return command
    .addOption(manifests)
    .option('-n, --nodes <count>', 'number of nodes', integer(1, 5_000), 1)
    .addOption(
      new Option('-r, --runtime <runtime>', 'what containers are')
        .choices(['process', 'simulated'])
        .default('process'),
    )
    .option('-i, --images <file>', 'YAML file: the command, or the simulated behaviour, of each image')
    .option('--for <duration>', 'end by itself after this long: 60s, 5m, 24h')
    .option('--state-dir <folder>', 'where logs and scratch files go', '.statelet');
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
