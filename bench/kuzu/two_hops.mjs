// usage: node two_hops.mjs FOLDER
// The same question as bench/postgresql/two_hops.sql of an estate that load.mjs left in FOLDER. Prints seconds (the
// least of three, once the pages are in memory), then a line for each environment.
import { createRequire } from 'node:module';
import path from 'node:path';

const kuzu = createRequire(path.join(process.cwd(), 'package.json'))('kuzu');
const connection = new kuzu.Connection(new kuzu.Database(path.join(process.argv[2], 'db')), 2);
const statement = 'MATCH (a:item)-[:link]->(b:item)-[:link]->(c:item) ' +
  'RETURN c.environment AS environment, count(*) AS n ORDER BY environment';
let seconds = Infinity;
let rows = [];
for (let i = 0; i < 3; i += 1) {
  const begin = process.hrtime.bigint();
  const answer = await connection.query(statement);
  rows = await answer.getAll();
  answer.close();
  seconds = Math.min(seconds, Number(process.hrtime.bigint() - begin) / 1e9);
}
console.log(seconds.toFixed(3));
for (const { environment, n } of rows) console.log(`${environment ?? ''}|${n}`);
