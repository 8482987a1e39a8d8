// A report that is written again and again. With WORKS_MS it takes so long.
console.log(`writes the report of ${new Date().toISOString()}`);
setTimeout(() => console.log('has written it'), Number(process.env.WORKS_MS ?? 1000));
