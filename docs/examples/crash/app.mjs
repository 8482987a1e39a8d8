// A program that crashes every time. Its container is started again and again, each time after a longer wait.
const { CRASHES_AFTER_SECONDS = '1' } = process.env;

console.log('starts');
setTimeout(() => {
  console.error('crashes');
  process.exit(1);
}, Number(CRASHES_AFTER_SECONDS) * 1000);
