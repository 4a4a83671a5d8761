"""Front-end exchange databases 「前置交换数据库」 of the own department: registered, tested, seen, retired."""
