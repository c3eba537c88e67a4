"""What an operator keeps here (IDM-04, IDM-15): clients, users, VAL services and partner domains."""
