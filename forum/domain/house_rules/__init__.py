"""The rules of a space and the policy of the network: versions, who accepted them, acts that rest on them."""
