"""The tools, resources and prompts for agents, over stdio and HTTP."""
