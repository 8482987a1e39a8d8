import { createCluster } from '../src/index.js';
const c = await createCluster({ nodes: 1, clock:'virtual', seed:1, images: {'batch:1': {exitsAfter:'120s'}} , startTime: Date.parse('2026-01-01T00:00:00Z') as never});
const mk = async ()=> c.apply({apiVersion:'batch/v1',kind:'CronJob',metadata:{name:'tick'},spec:{schedule:'0,15,30,45 * * * *',jobTemplate:{spec:{template:{spec:{restartPolicy:'Never',containers:[{name:'c',image:'batch:1'}]}}}}}});
const cpu = ()=>{const u=process.cpuUsage(); return (u.user+u.system)/1000;};
await c.advance('1d');
let a=cpu(); await c.advance('6h'); console.log('idle 6h', cpu()-a);
await mk(); await c.advance('1d');
let run=0, rest=0, end=0;
for (let i=0;i<96;i++){ let t=cpu(); await c.advance('10s'); let u=cpu(); run+=u-t; await c.advance('100s'); let x=cpu(); rest+=x-u; await c.advance('20s'); let y=cpu(); end+=y-x; await c.advance(900_000-130_000); rest+=cpu()-y; }
console.log({run,rest,end});
await c.stop();
