CREATE (shop:Service {name: 'shop', tier: 1}),
       (search:Service {name: 'search', tier: 2}),
       (stock:Service {name: 'stock', tier: 1}),
       (report:Service {name: 'report'}),
       (web1:Server {name: 'web-1', cores: 8, status: 'live'}),
       (web2:Server {name: 'web-2', cores: 4, status: 'live'}),
       (db1:Server:Physical {name: 'db-1', cores: 32, status: 'live'}),
       (db2:Server:Physical {name: 'db-2', cores: 32, status: 'repair'}),
       (old1:Server {name: 'old-1', cores: 2}),
       (sw1:Switch {name: 'sw-1', ports: 48}),
       (sw2:Switch {name: 'sw-2', ports: 24})
CREATE (shop)-[:NEEDS]->(search),
       (shop)-[:NEEDS]->(stock),
       (search)-[:NEEDS]->(stock),
       (report)-[:NEEDS]->(stock)
CREATE (shop)-[:RUNS_ON]->(web1),
       (shop)-[:RUNS_ON]->(web2),
       (search)-[:RUNS_ON]->(web2),
       (stock)-[:RUNS_ON]->(db1),
       (report)-[:RUNS_ON]->(old1)
CREATE (web1)-[:PLUGGED_INTO]->(sw1),
       (web2)-[:PLUGGED_INTO]->(sw1),
       (db1)-[:PLUGGED_INTO]->(sw1),
       (db1)-[:PLUGGED_INTO]->(sw2),
       (db2)-[:PLUGGED_INTO]->(sw2)
CREATE (sw1)-[:LINKED_TO]->(sw2);
