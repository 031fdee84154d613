"""Pure decisions of casework."""
