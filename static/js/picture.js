// A photograph is made small in the browser before it is sent: phones take larger ones than a
// request may be. Without this script the server takes any picture of an allowed size.

const SIDE_PX = 512;
const QUALITY = 0.9;

const input = document.querySelector("[data-picture] input[type=file]");
input.addEventListener("change", async () => {
  const small = await shrink(input.files[0]).catch(() => null);
  if (small === null) return; // the server says what is wrong with it
  const files = new DataTransfer();
  files.items.add(new File([small], "picture.webp", { type: small.type }));
  input.files = files.files;
});

async function shrink(file) {
  if (!file || file.type === "image/gif") return null;
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(SIDE_PX, SIDE_PX);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext("2d").drawImage(bitmap, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX);
  return canvas.convertToBlob({ type: "image/webp", quality: QUALITY });
}
