"""What makes the site an application that can be installed and read offline."""
