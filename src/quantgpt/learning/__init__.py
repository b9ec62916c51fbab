"""Learning: handlers that turn features into the matrices of models, their processors, and datasets cut by time."""
