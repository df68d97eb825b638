Feature: Incentive-compatible context allocation
  The seed's two scenarios. Truthful here is truthful in the value per token; a guarantee is given whatever is reported.

  Scenario: Context tokens allocated by value
    Given 3 agents requesting context:
      | Agent | Tokens Requested | Value/Token |
      | A     | 4000             | 10          |
      | B     | 2000             | 15          |
      | C     | 1000             | 5           |
    And total context window is 5000 tokens
    When I allocate context tokens
    Then Agent B receives 2000 (highest density)
    And Agent A receives up to remaining
    And allocations are incentive-compatible

  Scenario: Minimum guarantees respected
    Given minimum guarantee of 500 tokens per agent
    And 5 agents requesting tokens
    When I allocate context tokens
    Then each agent receives at least 500 tokens
    And remaining is allocated by value
