// One task: works for a second, says which part it did, and ends. With FAIL set to an exit code it fails instead.
const part = process.env.JOB_COMPLETION_INDEX ?? process.env.HOSTNAME ?? 'the task';
console.log(`works on ${part}`);
setTimeout(() => {
  const exitCode = Number(process.env.FAIL ?? 0);
  console.log(exitCode === 0 ? `is done with ${part}` : `fails at ${part}`);
  process.exit(exitCode);
}, 1000);
