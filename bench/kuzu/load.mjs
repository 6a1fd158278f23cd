// usage: node load.mjs FOLDER RECORDS.csv LINKS.csv
// Loads the estate into an embedded Kuzu, in the way that suits it: COPY into typed tables, then a checkpoint. It has
// no unique keys but the primary one, so serial numbers get a table of their own. Prints seconds, items, links.
import { createRequire } from 'node:module';
import path from 'node:path';

const kuzu = createRequire(path.join(process.cwd(), 'package.json'))('kuzu');
const [folder, records, links] = process.argv.slice(2);
const connection = new kuzu.Connection(new kuzu.Database(path.join(folder, 'db')), 2);

async function ask(statement) {
  const answers = await connection.query(statement);
  const last = Array.isArray(answers) ? answers[answers.length - 1] : answers;
  const rows = await last.getAll();
  last.close();
  return rows;
}

const text = ['class', 'key', 'name', 'description', 'status', 'environment', 'owner', 'serial_number', 'asset_tag',
  'criticality', 'fqdn', 'ip_address'];
const columns = [
  ...text.map((name) => `${name} STRING`), 'cpu_count INT32', 'memory_mib INT64', 'manufacturer STRING',
  'hardware_model STRING', 'version STRING', 'vendor STRING', 'port INT32', 'configuration_path STRING',
  'service_hours STRING', 'availability_target DOUBLE', 'country STRING', 'height_units INT32', 'voltage_v INT32',
];
await ask(`CREATE NODE TABLE item(${columns.join(', ')}, PRIMARY KEY(key))`);
await ask('CREATE NODE TABLE serial(serial_number STRING, PRIMARY KEY(serial_number))');
await ask('CREATE REL TABLE link(FROM item TO item, type STRING)');
const begin = process.hrtime.bigint();
await ask(`COPY item FROM '${records}' (HEADER=true)`);
await ask('COPY serial FROM (MATCH (i:item) WHERE i.serial_number IS NOT NULL RETURN i.serial_number)');
await ask(`COPY link FROM (LOAD FROM '${links}' (HEADER=true) RETURN source, target, type)`);
await ask('CHECKPOINT');
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
const [{ n: items }] = await ask('MATCH (i:item) RETURN count(*) AS n');
const [{ n: relationships }] = await ask('MATCH ()-[l:link]->() RETURN count(*) AS n');
console.log(`${seconds.toFixed(3)} ${items} ${relationships}`);
