Feature: Instants are cut to the beginning of what they are in

  Background:
    Given any graph

  Scenario: [1] Dates
    When executing query:
      """
      WITH date('2026-08-19') AS day
      RETURN date.truncate('week', day) AS week, date.truncate('month', day) AS month,
             date.truncate('quarter', day) AS quarter, date.truncate('decade', day) AS decade,
             date.truncate('weekYear', date('2027-01-02')) AS weekYear, date.truncate('year', day, {day: 5}) AS changed
      """
    Then the result should be, in any order:
      | week         | month        | quarter      | decade       | weekYear     | changed      |
      | '2026-08-17' | '2026-08-01' | '2026-07-01' | '2020-01-01' | '2025-12-29' | '2026-01-05' |
    And no side effects

  Scenario: [2] Times
    When executing query:
      """
      RETURN localdatetime.truncate('hour', localdatetime('2026-08-19T13:45:10')) AS hour,
             datetime.truncate('day', datetime('2026-08-19T13:45:10+09:00')) AS day,
             time.truncate('minute', time('13:45:10.5+09:00')) AS minute,
             localtime.truncate('millisecond', localtime('13:45:10.123456')) AS millisecond
      """
    Then the result should be, in any order:
      | hour               | day                      | minute        | millisecond    |
      | '2026-08-19T13:00' | '2026-08-19T00:00+09:00' | '13:45+09:00' | '13:45:10.123' |
    And no side effects
