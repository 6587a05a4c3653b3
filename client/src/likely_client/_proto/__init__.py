"""The live feed in Protobuf. scripts/proto.py makes `live_pb2` of proto/likely/v1/live.proto."""
