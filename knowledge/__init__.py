"""Documents as data, and what a Vietnamese question asks of them. Facts and verdicts, no sentences."""
