"""Names in running text: tables of rules, each rule with a sentence and an example."""
