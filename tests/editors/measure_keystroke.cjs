// Time from a keystroke to its findings in a spec of 1000 lines, warm: measure_keystroke.cjs MIGC [SPEC]
// Beside it, in the same rounds, the yardstick of the benchmarks: `python3 -c pass`, which tells how loaded the machine was.
'use strict';
const fs = require('fs');
const { execFileSync } = require('child_process');
const path = require('path');
const os = require('os');
const { EditorClient } = require('./editor_client.cjs');

(async () => {
  const text = process.argv[3] ? fs.readFileSync(process.argv[3], 'utf8')
    : execFileSync('python3', [path.join(__dirname, '..', 'bench', 'make_specs.py'), 'lines', '1000'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const editor = new EditorClient(process.argv[2]);
  await editor.start();
  const uri = await editor.open(path.join(os.tmpdir(), 'migc-measure.mig'), text);
  await editor.published(uri, 1);
  const line = text.split('\n').findIndex((one) => one.startsWith('map '));
  const times = [], yardsticks = [];
  for (let i = 0; i < 60; i += 1) {
    const at = { line: line + 1, character: 0 };
    const begin = process.hrtime.bigint();
    await editor.change(uri, { range: { start: at, end: i % 2 ? { line: line + 1, character: 1 } : at }, text: i % 2 ? '' : ' ' });
    times.push(Number(process.hrtime.bigint() - begin) / 1e6);
    const start = process.hrtime.bigint();
    execFileSync('python3', ['-c', 'pass']);
    yardsticks.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const median = (all) => all[all.length >> 1];
  const warm = times.slice(10).sort((a, b) => a - b), beside = yardsticks.slice(10).sort((a, b) => a - b);
  console.log(`${text.split('\n').length} lines: median ${median(warm).toFixed(1)} ms, fastest ${warm[0].toFixed(1)} ms, slowest ${warm[warm.length - 1].toFixed(1)} ms`);
  console.log(`yardstick: median ${median(beside).toFixed(1)} ms, fastest ${beside[0].toFixed(1)} ms; a keystroke is ${(median(warm) / median(beside)).toFixed(2)} of it`);
  await editor.stop();
  process.exit(0);
})();
