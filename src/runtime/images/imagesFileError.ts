/** The images file is wrong; the message begins with `file:line:column`. Apart from the reader, which loads a YAML parser. */
export class ImagesFileError extends Error {
  override readonly name = 'ImagesFileError';
}
