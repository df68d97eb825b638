Feature: VCG mechanism for resource allocation
  As a multi-agent system
  I want truthful resource allocation
  So that resources go to agents who value them most

  Scenario: VCG allocates to highest value bidder
    Given agents with valuations:
      | Agent | Value for Resource X |
      | A     | 100                  |
      | B     | 80                   |
      | C     | 50                   |
    And resource X has capacity 1
    When I run VCG auction
    Then Agent A receives Resource X
    And Agent A pays 80 (second-highest value)
    And truthful bidding is verified as optimal

  Scenario: No profitable deviation exists
    Given an agent with true value 100
    When the agent considers all possible bids
    Then reporting 100 yields highest utility
    And no misreport improves outcome

  Scenario Outline: Capacity is respected and everybody pays its externality
    Given agents with valuations:
      | Agent | Value for Resource X |
      | A     | 100                  |
      | B     | 80                   |
      | C     | 50                   |
    And resource X has capacity <capacity>
    When I run VCG auction
    Then <winners> receive Resource X
    And every winner pays <price>

    Examples:
      | capacity | winners | price |
      | 1        | A       | 80    |
      | 2        | A, B    | 50    |
      | 3        | A, B, C | 0     |
