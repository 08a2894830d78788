"""What is drawn on pages to be ticked: checkboxes."""
