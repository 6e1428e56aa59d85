"""What every request passes: middleware, parameters, the page cache, files, images."""
