Feature: Dates, times and durations are made of texts and of their parts

  Background:
    Given any graph

  Scenario: [1] Dates as they are written, and of their parts
    When executing query:
      """
      RETURN date('20260228') AS short, date('2026-059') AS ordinal, date('2026-W53-5') AS week,
             date({year: 2026, month: 3}) AS month, date({year: 2026, week: 1}) AS firstWeek,
             date({year: 2024, quarter: 4, dayOfQuarter: 92}) AS quarter,
             date({year: 2024, ordinalDay: 60}) AS leap, date(null) AS unknown
      """
    Then the result should be, in any order:
      | short        | ordinal      | week         | month        | firstWeek    | quarter      | leap         | unknown |
      | '2026-02-28' | '2026-02-28' | '2027-01-01' | '2026-03-01' | '2025-12-29' | '2024-12-31' | '2024-02-29' | null    |
    And no side effects

  Scenario: [2] Times of a day
    When executing query:
      """
      RETURN localtime('2140') AS short, localtime({hour: 7, minute: 5, second: 9, millisecond: 50}) AS parts,
             time('09:15:30+09:00') AS offset, time({hour: 9}) AS utc
      """
    Then the result should be, in any order:
      | short   | parts          | offset           | utc      |
      | '21:40' | '07:05:09.050' | '09:15:30+09:00' | '09:00Z' |
    And no side effects

  Scenario: [3] Instants, with an offset or with a zone
    When executing query:
      """
      RETURN localdatetime({year: 2026, month: 12, day: 31, hour: 23}) AS local,
             datetime('2026-06-01T12:00+09:00') AS offset,
             datetime({year: 2026, month: 7, day: 1, timezone: 'Europe/Berlin'}) AS summer,
             datetime({year: 2026, month: 1, day: 1, timezone: 'Europe/Berlin'}) AS winter,
             datetime({epochSeconds: 86400}) AS epoch
      """
    Then the result should be, in any order:
      | local              | offset                   | summer                                  | winter                                  | epoch               |
      | '2026-12-31T23:00' | '2026-06-01T12:00+09:00' | '2026-07-01T00:00+02:00[Europe/Berlin]' | '2026-01-01T00:00+01:00[Europe/Berlin]' | '1970-01-02T00:00Z' |
    And no side effects

  Scenario: [4] Durations as they are written, and of their parts
    When executing query:
      """
      RETURN duration('P1Y2M3DT4H5M6S') AS every, duration('PT1.5H') AS hours, duration('P0.5M') AS month,
             duration({weeks: 2, hours: 36}) AS weeks, duration({months: 14}) AS months,
             duration({minutes: -90}) AS negative, duration({seconds: 90, milliseconds: 500}) AS seconds
      """
    Then the result should be, in any order:
      | every            | hours     | month           | weeks      | months  | negative    | seconds     |
      | 'P1Y2M3DT4H5M6S' | 'PT1H30M' | 'P15DT5H14M33S' | 'P14DT36H' | 'P1Y2M' | 'PT-1H-30M' | 'PT1M30.5S' |
    And no side effects

  Scenario: [5] The parts of a date
    When executing query:
      """
      WITH date('2027-01-01') AS day
      RETURN day.year AS year, day.weekYear AS weekYear, day.week AS week, day.weekDay AS weekDay,
             day.quarter AS quarter, day.dayOfQuarter AS dayOfQuarter, day.ordinalDay AS ordinalDay
      """
    Then the result should be, in any order:
      | year | weekYear | week | weekDay | quarter | dayOfQuarter | ordinalDay |
      | 2027 | 2026     | 53   | 5       | 1       | 1            | 1          |
    And no side effects

  Scenario: [6] The parts of a duration
    When executing query:
      """
      WITH duration('P1Y2M10DT1H30M') AS time
      RETURN time.years AS years, time.months AS months, time.monthsOfYear AS monthsOfYear, time.days AS days,
             time.hours AS hours, time.minutes AS minutes, time.minutesOfHour AS minutesOfHour
      """
    Then the result should be, in any order:
      | years | months | monthsOfYear | days | hours | minutes | minutesOfHour |
      | 1     | 14     | 2            | 10   | 1     | 90      | 30            |
    And no side effects

  Scenario: [7] There is no thirteenth month
    When executing query:
      """
      RETURN date({year: 2026, month: 13}) AS day
      """
    Then an ArgumentError should be raised at any time: *
