"""How sure the results are: draws of the inventory, the linked table, trade and stand-ins."""
