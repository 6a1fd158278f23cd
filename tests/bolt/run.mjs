// Runs one case of cases.mjs against a koseid: node run.mjs NAME. Where it is and the token are in
// KOSEI_BOLT (ADDRESS:PORT) and KOSEI_TOKEN. Exit code 0: as expected; 1: not, and how; 77: there is no
// driver.
let neo4j
try {
  neo4j = (await import('neo4j-driver')).default
} catch (error) {
  console.log(`the driver is not installed (npm ci in tests/bolt): ${error.code}`)
  process.exit(77)
}
const { cases } = await import('./cases.mjs')
const name = process.argv[2]
try {
  await cases[name](neo4j, { address: process.env.KOSEI_BOLT, token: process.env.KOSEI_TOKEN })
  console.log('as expected')
  process.exit(0)  // whatever still waits for input
} catch (error) {
  console.log(`${name}: ${error.stack}`)
  process.exit(1)
}
