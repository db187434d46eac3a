"""All that several rooms hold on one member: panel, end of a membership, export."""
