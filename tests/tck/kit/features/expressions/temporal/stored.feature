Feature: Dates of servers

  Scenario: [1] Dates are compared, and their parts are asked for
    Given an empty graph
    And having executed:
      """
      CREATE (:Server {name: 'web-1', bought: date('2024-02-29')}),
             (:Server {name: 'db-1', bought: date('2026-01-01')}),
             (:Server {name: 'old-1'})
      """
    When executing query:
      """
      MATCH (s:Server)
      WHERE s.bought + duration('P1Y') < date('2026-01-01')
      RETURN s.name AS name, s.bought AS bought, s.bought.year AS year
      """
    Then the result should be, in any order:
      | name    | bought       | year |
      | 'web-1' | '2024-02-29' | 2024 |
    And no side effects
