print("matrix is being written")
