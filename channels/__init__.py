"""The places where people talk to the bot: one file for each, over the words of `conversation`."""
