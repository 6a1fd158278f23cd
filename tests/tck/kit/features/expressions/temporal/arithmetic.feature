Feature: Durations are added to instants, and found between them

  Background:
    Given any graph

  Scenario: [1] Months are added first, then days, and the end of a month is not left
    When executing query:
      """
      RETURN date('2026-01-31') + duration('P1M') AS month, date('2024-02-29') + duration({years: 1}) AS year,
             date('2026-03-31') - duration('P1M') AS before, date('2026-01-30') + duration('P1M2D') AS both,
             date('2026-01-01') + duration('PT36H') AS hours, localtime('23:30') + duration('P1DT1H') AS midnight,
             date('2026-01-31') + null AS unknown
      """
    Then the result should be, in any order:
      | month        | year         | before       | both         | hours        | midnight | unknown |
      | '2026-02-28' | '2025-02-28' | '2026-02-28' | '2026-03-02' | '2026-01-02' | '00:30'  | null    |
    And no side effects

  Scenario: [2] The next day is not always 24 hours away
    When executing query:
      """
      WITH datetime('2026-03-28T12:00[Europe/Berlin]') AS noon
      RETURN noon + duration('P1D') AS day, noon + duration('PT24H') AS hours
      """
    Then the result should be, in any order:
      | day                                     | hours                                   |
      | '2026-03-29T12:00+02:00[Europe/Berlin]' | '2026-03-29T13:00+02:00[Europe/Berlin]' |
    And no side effects

  Scenario: [3] Durations keep months, days and seconds apart
    When executing query:
      """
      RETURN duration('P1M') + duration('P1D') - duration('PT1H') AS sum, duration('P1DT8H') * 3 AS times,
             duration('P1D') / 2 AS half
      """
    Then the result should be, in any order:
      | sum         | times     | half    |
      | 'P1M1DT-1H' | 'P3DT24H' | 'PT12H' |
    And no side effects

  Scenario: [4] Between two dates
    When executing query:
      """
      WITH date('2026-01-31') AS from, date('2026-03-01') AS to
      RETURN duration.between(from, to) AS between, duration.between(to, from) AS back,
             duration.inMonths(from, to) AS months, duration.inDays(from, to) AS days
      """
    Then the result should be, in any order:
      | between | back      | months | days   |
      | 'P1M1D' | 'P-1M-1D' | 'P1M'  | 'P29D' |
    And no side effects

  Scenario: [5] Between two instants
    When executing query:
      """
      WITH localdatetime('2026-01-01T23:00') AS from, localdatetime('2026-01-02T01:00') AS to
      RETURN duration.between(from, to) AS between, duration.inSeconds(to, from) AS back,
             duration.inDays(from, to) AS days,
             duration.inSeconds(datetime('2026-06-01T12:00+09:00'), datetime('2026-06-01T12:00Z')) AS zones
      """
    Then the result should be, in any order:
      | between | back    | days   | zones  |
      | 'PT2H'  | 'PT-2H' | 'PT0S' | 'PT9H' |
    And no side effects

  Scenario: [6] What is earlier, and what cannot be told
    When executing query:
      """
      RETURN date('2026-01-02') > date('2026-01-01') AS later,
             datetime('2026-06-01T12:00+09:00') < datetime('2026-06-01T04:00Z') AS instants,
             date('2026-01-01') < localdatetime('2026-01-01T01:00') AS kinds,
             date('2026-01-01') = '2026-01-01' AS text, duration('P1D') = duration('PT24H') AS durations,
             duration('P1D') < duration('P2D') AS longer
      """
    Then the result should be, in any order:
      | later | instants | kinds | text  | durations | longer |
      | true  | true     | null  | false | false     | null   |
    And no side effects
