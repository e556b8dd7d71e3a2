"""The queues of the desk: what waits for somebody who curates or reviews, each with the reason why it stands there."""
