print("bench is being written")
