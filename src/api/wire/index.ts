/** How objects travel: manifests in, quantities, protobuf, and the description of it all as OpenAPI. */
export { decode, decodeValue, DecodeError, type Decoded, type DecodeOptions } from './decode.js';
export { openApiV3 } from './openapi.js';
export { decodeProtobuf } from './protobuf.js';
export {
  canonicalQuantity,
  formatQuantity,
  parseBytes,
  parseCpuMilli,
  parseQuantity,
  QuantityError,
} from './quantity.js';
