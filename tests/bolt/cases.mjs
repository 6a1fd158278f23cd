// What people do with the driver. The store holds what tests/e2e/bolt_test.cc has put into it:
// the servers web-1 and db-1 (web-1 depends on db-1) and no others.
import assert from 'node:assert/strict'
import readline from 'node:readline'

// Gives `act` a driver and closes it.
async function withDriver(neo4j, at, options, act) {
  const auth = options.auth ?? neo4j.auth.bearer(at.token)
  const driver = neo4j.driver(`${options.scheme ?? 'bolt'}://${at.address}`, auth, options.config)
  try {
    return await act(driver)
  } finally {
    await driver.close()
  }
}

async function withSession(neo4j, at, act, config) {
  return withDriver(neo4j, at, {}, async driver => {
    const session = driver.session(config)
    try {
      return await act(session, driver)
    } finally {
      await session.close()
    }
  })
}

async function refused(promise, code) {
  await assert.rejects(promise, error => {
    assert.equal(error.code, code, error.message)
    return true
  })
}

// A line on standard input says that the other side has done its part.
async function awaitLine() {
  const lines = readline.createInterface({ input: process.stdin })
  await new Promise(resolve => lines.once('line', resolve))
  lines.close()
  // An input that nobody closes would keep the process.
  process.stdin.destroy()
}

const countServers = 'MATCH (n:Server) RETURN count(n) AS n'

export const cases = {
  async schemes(neo4j, at) {
    for (const scheme of ['bolt', 'neo4j']) {
      await withDriver(neo4j, at, { scheme }, async driver => {
        const info = await driver.getServerInfo()
        assert.match(info.agent, /kosei-\d/)
        const { major, minor } = info.protocolVersion
        assert.equal(`${major}.${minor}`, '5.4')
        await driver.verifyConnectivity()
        const { records, summary } = await driver.executeQuery('RETURN $text AS t', { text: '構成' })
        assert.equal(records[0].get('t'), '構成')
        assert.equal(summary.database.name, 'kosei')
        assert.equal(summary.queryType, 'r')
        const session = driver.session({ database: 'neo4j' })
        const written = await session.executeWrite(tx => tx.run(countServers))
        assert.equal(written.records[0].get('n').toNumber(), 2, 'write access that only reads')
        const read = await session.executeRead(tx => tx.run(countServers))
        assert.equal(read.records[0].get('n').toNumber(), 2)
        await session.close()
      })
    }
  },

  async authentication(neo4j, at) {
    const wrong = [neo4j.auth.bearer('nonsense'), neo4j.auth.basic('neo4j', 'secret'), undefined]
    for (const auth of wrong) {
      const driver = neo4j.driver(`bolt://${at.address}`, auth)
      await refused(driver.verifyConnectivity(), 'Neo.ClientError.Security.Unauthorized')
      await driver.close()
    }
    const basic = neo4j.auth.basic('anybody', at.token)
    await withDriver(neo4j, at, { auth: basic }, driver => driver.verifyAuthentication())
    await withDriver(neo4j, at, {}, async driver => {
      // The driver signs in anew on a connection that has done something else since.
      await driver.executeQuery('RETURN 1')
      assert.equal(await driver.verifyAuthentication({ auth: neo4j.auth.bearer('no') }), false)
      await driver.executeQuery('RETURN 1')
      assert.equal(await driver.verifyAuthentication({ auth: basic }), true)
      assert.equal(await driver.supportsSessionAuth(), true)
      const session = driver.session({ auth: basic })
      const { records } = await session.run('RETURN 1 AS one')
      assert.equal(records.length, 1)
      await session.close()
    })
  },

  async values(neo4j, at) {
    await withSession(neo4j, at, async session => {
      const graph = await session.run(
        `MATCH p = (w:Server {key: 'web-1'})-[d:depends_on]->(:Server) RETURN w, d, p`)
      const [w, d, p] = graph.records[0]._fields
      assert.ok(neo4j.isNode(w) && neo4j.isRelationship(d) && neo4j.isPath(p))
      assert.ok(w.labels.includes('Server'))
      assert.equal(w.properties.name, 'ウェブサーバー 一号')
      assert.equal(d.type, 'depends_on')
      assert.equal(d.startNodeElementId, w.elementId)
      assert.equal(p.length, 1)
      assert.equal(p.end.properties.name, '𠮷野家データベース')
      const again = await session.run('MATCH (n) WHERE elementId(n) = $id RETURN n.key AS key',
        { id: w.elementId })
      assert.equal(again.records[0].get('key'), 'web-1')

      const values = await session.run(`RETURN null AS nothing, true AS yes, 9007199254740993 AS big,
        0.5 AS half, [1, 'あ', [2.5]] AS list, {名: '値'} AS map, date('2026-03-01') AS day,
        time('02:14:00+09:00') AS clock, localtime('02:14:00.000000001') AS local,
        localdatetime('2026-03-01T02:14:00') AS here, datetime('2026-03-01T02:14:00+09:00') AS instant,
        datetime('2026-03-01T02:14:00[Asia/Tokyo]') AS zoned, duration('P1M2DT3.5S') AS span`)
      const v = values.records[0].toObject()
      assert.equal(v.nothing, null)
      assert.equal(v.yes, true)
      assert.equal(v.big.toString(), '9007199254740993')
      assert.equal(v.half, 0.5)
      assert.deepEqual(v.list.flat().map(String), ['1', 'あ', '2.5'])
      assert.deepEqual(v.map, { 名: '値' })
      assert.equal(v.day.toString(), '2026-03-01')
      assert.equal(v.clock.toString(), '02:14:00+09:00')
      assert.equal(v.local.toString(), '02:14:00.000000001')
      assert.equal(v.here.toString(), '2026-03-01T02:14:00')
      assert.equal(v.instant.toStandardDate().toISOString(), '2026-02-28T17:14:00.000Z')
      assert.equal(v.zoned.timeZoneId, 'Asia/Tokyo')
      assert.equal(v.span.toString(), 'P1M2DT3.500000000S')

      // And back, as parameters.
      const { nothing, yes, big, half, list, map, day, clock, local, here, instant, zoned, span } = v
      const echo = await session.run('RETURN $all AS all',
        { all: [nothing, yes, big, half, list, map, day, clock, local, here, instant, zoned, span] })
      assert.deepEqual(echo.records[0].get('all').map(String),
        [nothing, yes, big, half, list, map, day, clock, local, here, instant, zoned, span].map(String))
    })
  },

  // Numbers of JavaScript are floats.
  async numbers(neo4j, at) {
    await withSession(neo4j, at, async session => {
      const some = await session.run(
        'UNWIND range(1, 100) AS n RETURN n SKIP $skip LIMIT $limit', { skip: 10, limit: 5 })
      assert.deepEqual(some.records.map(r => r.get('n').toNumber()), [11, 12, 13, 14, 15])
      await assert.rejects(session.run('RETURN 1 AS n LIMIT $limit', { limit: 1.5 }))
    })
  },

  async errors(neo4j, at) {
    await withSession(neo4j, at, async session => {
      const wrong = [
        ['RETURN nobody', 'Neo.ClientError.Statement.SyntaxError'],
        ['MATCH (n) RETURN n.key LIMIT -1', 'Neo.ClientError.Statement.SyntaxError'],
        ["CREATE (:Server {key: 'x'})", 'Neo.ClientError.Statement.AccessMode'],
        ['RETURN $missing AS m', 'Neo.ClientError.Statement.ParameterMissing'],
      ]
      for (const [text, code] of wrong) {
        await refused(session.run(text), code)
        await refused(session.executeRead(tx => tx.run(text)), code)
        const fine = await session.run('RETURN 1 AS one')
        assert.equal(fine.records[0].get('one').toNumber(), 1)
      }
      await refused(session.run('RETURN 1 AS x', {}, { metadata: { as_of: 'no such baseline' } }),
        'Neo.ClientError.Statement.EntityNotFound')
      const late = 'UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(a + b)'
      await refused(session.run(late, {}, { timeout: 100 }),
        'Neo.ClientError.Transaction.TransactionTimedOut')
    })
  },

  async streaming(neo4j, at) {
    await withSession(neo4j, at, async (session, driver) => {
      let next = 1
      for await (const record of session.run("UNWIND range(1, 50000) AS n RETURN n, '行' + toString(n) AS text")) {
        assert.equal(record.get('n').toNumber(), next)
        assert.equal(record.get('text'), `行${next}`)
        ++next
      }
      assert.equal(next, 50001)
      // Several results of one transaction, read in turns.
      await session.executeRead(async tx => {
        const a = tx.run('UNWIND range(1, 5000) AS n RETURN n')
        const b = tx.run('UNWIND range(1, 5000) AS n RETURN -n AS n')
        const [first, second] = [a[Symbol.asyncIterator](), b[Symbol.asyncIterator]()]
        for (let i = 1; i <= 5000; ++i) {
          assert.equal((await first.next()).value.get('n').toNumber(), i)
          assert.equal((await second.next()).value.get('n').toNumber(), -i)
        }
      })
      const many = await Promise.all(Array.from({ length: 20 }, (_, i) =>
        driver.executeQuery('UNWIND range(1, 2000) AS n RETURN n + $i AS n', { i: neo4j.int(i) })))
      many.forEach(({ records }, i) => assert.equal(records[1999].get('n').toNumber(), 2000 + i))
    }, { fetchSize: 1000 })
  },

  // The session is closed with most records unread; the connection is good for the next.
  async leaving(neo4j, at) {
    await withDriver(neo4j, at, { config: { maxConnectionPoolSize: 1 } }, async driver => {
      for (let round = 0; round < 3; ++round) {
        const session = driver.session({ fetchSize: 1000 })
        for await (const record of session.run('UNWIND range(1, 50000) AS n RETURN n')) {
          if (record.get('n').toNumber() === 1500) break
        }
        await session.close()
      }
      const transaction = driver.session()
      const tx = await transaction.beginTransaction()
      await tx.run('UNWIND range(1, 5000) AS n RETURN n')
      await transaction.close()
      const { records } = await driver.executeQuery('RETURN 1 AS one')
      assert.equal(records[0].get('one').toNumber(), 1)
    })
  },

  async plans(neo4j, at) {
    await withSession(neo4j, at, async session => {
      const explained = await session.run('EXPLAIN MATCH (n:Server) RETURN n.key AS key ORDER BY key')
      assert.equal(explained.records.length, 0)
      assert.ok(explained.summary.plan.operatorType.length > 0)
      assert.ok(explained.summary.plan.children.length > 0)
      const profiled = await session.run('PROFILE MATCH (n:Server) RETURN n.key AS key')
      assert.equal(profiled.records.length, 2)
      assert.equal(Number(profiled.summary.profile.rows), 2)
    })
  },

  async bookmarks(neo4j, at) {
    await withSession(neo4j, at, async (session, driver) => {
      await session.run(countServers)
      const [bookmark] = session.lastBookmarks()
      assert.match(bookmark, /^kosei:\d+$/)
      const next = driver.session({ bookmarks: [bookmark] })
      await next.executeRead(tx => tx.run(countServers))
      await next.close()
      const later = driver.session({ bookmarks: [`kosei:${Number(bookmark.slice(6)) + 100}`] })
      await refused(later.run(countServers), 'Neo.TransientError.Transaction.BookmarkTimeout')
      await later.close()
    })
  },

  // While a transaction is open, somebody writes: it does not see it, the next does.
  async pinning(neo4j, at) {
    await withSession(neo4j, at, async session => {
      const count = async runner => (await runner.run(countServers)).records[0].get('n').toNumber()
      const tx = await session.beginTransaction()
      const before = await count(tx)
      console.log('begun')
      await awaitLine()
      assert.equal(await count(tx), before)
      await tx.commit()
      const [bookmark] = session.lastBookmarks()
      assert.equal(await count(session), before + 1)
      const commit = Number(bookmark.slice('kosei:'.length))
      const past = await session.run(countServers, {}, { metadata: { as_of: commit } })
      assert.equal(past.records[0].get('n').toNumber(), before)
      const present = await session.executeRead(count, { metadata: { app: 'its own' } })
      assert.equal(present, before + 1)
    })
  },

  async tls(neo4j, at) {
    for (const scheme of ['bolt+ssc', 'neo4j+ssc']) {
      await withDriver(neo4j, at, { scheme }, driver => driver.verifyConnectivity())
    }
    const trusting = { encrypted: 'ENCRYPTION_ON', trust: 'TRUST_CUSTOM_CA_SIGNED_CERTIFICATES',
      trustedCertificates: [process.env.KOSEI_CA] }
    await withDriver(neo4j, at, { config: trusting }, driver => driver.verifyConnectivity())
    const plain = neo4j.driver(`bolt://${at.address}`, neo4j.auth.bearer(at.token))
    await assert.rejects(plain.verifyConnectivity())
    await plain.close()
  },
}
