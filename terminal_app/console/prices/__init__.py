"""Everything that makes a price: offers, coupons, price lists, taxes, quotations."""
